"""What a message asks for, read once, and one module for each form of answer to it."""
