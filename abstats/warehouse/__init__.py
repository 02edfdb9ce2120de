"""What runs in the engine: Ibis expressions compiled to SQL, and the transfer of small results."""
