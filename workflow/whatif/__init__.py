"""What if: recorded history under other definitions, and the weeks to come drawn from it."""
