"""The few things the program asks of CUDA, through either of two Python bindings."""
