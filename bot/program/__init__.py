"""The program put together: its parts, who leads, how it begins and ends."""
