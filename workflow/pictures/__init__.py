"""Pictures of a procedure, and of a case in it: stages as bands, states, moves, and clocks on the states they span."""
