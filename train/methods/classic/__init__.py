"""Methods from before deep learning, and shallow ones on frozen features."""
