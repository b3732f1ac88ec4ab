"""Where frames come from. `address.open_source` opens all of them."""
