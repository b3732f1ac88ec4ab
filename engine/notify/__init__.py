"""Sends visits and zone events to brokers and web servers, as long as that takes."""
