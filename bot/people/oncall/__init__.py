"""Teams, and who of them is on call: rotas, swaps, and the arithmetic of local time."""
