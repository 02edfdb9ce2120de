"""Do the methods keep what they promise? Simulated, with every figure's Monte-Carlo error."""
