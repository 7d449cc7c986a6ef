PRICES = {"chair": 1200}
