"""What people type, read word by word: used or refused."""
