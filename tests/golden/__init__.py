"""Whole rides as this repository once stored them, which every later version has to judge alike."""
