"""`ride doctor`: looks at everything that Ride needs, and says what to do about what is wrong."""
