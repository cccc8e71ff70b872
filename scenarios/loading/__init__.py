"""From files to a scenario, with everything that is wrong in them."""
