from pydantic import BaseModel


class Greeting(BaseModel):
    text: str
