from shared.base import Base


class Model(Base):
    pass
