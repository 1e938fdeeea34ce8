"""What may be done with requests and quotes: one file per verb. None calls another domain; ``moving`` holds what every step passes."""
