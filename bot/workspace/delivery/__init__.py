"""How the app hears of what happens, and by which addresses it answers."""
