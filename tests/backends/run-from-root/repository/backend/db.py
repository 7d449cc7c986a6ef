def rows():
    return ["one", "two", "three"]
