"""What `train.py` is made of: one module for each step."""
