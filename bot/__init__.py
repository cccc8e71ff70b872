"""The program that runs rides in a chat."""
