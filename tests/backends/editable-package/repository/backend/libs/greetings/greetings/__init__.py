MORNING = "good morning"
