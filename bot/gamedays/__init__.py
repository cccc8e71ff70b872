"""Game days: teams ride the same incidents at the same time; facilitators watch and steer."""
