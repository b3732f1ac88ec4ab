"""How right the engine is: scenes with known people, and what is made of them."""
