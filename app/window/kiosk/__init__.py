"""The kiosk: a full screen that greets visitors or checks an age, and keeps nothing."""
