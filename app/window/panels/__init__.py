"""What stands beside the pictures: people, beliefs over time, audience, system."""
