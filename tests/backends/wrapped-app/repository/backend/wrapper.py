class Stamp:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        await self.app({**scope, "stamp": "through the wrapper"}, receive, send)
