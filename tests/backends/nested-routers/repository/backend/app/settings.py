API = "/api"
VERSION = 1
