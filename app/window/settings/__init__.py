"""The page of settings, cameras and models."""
