"""What every part of the program stands on: settings, errors, addresses, stopping."""
