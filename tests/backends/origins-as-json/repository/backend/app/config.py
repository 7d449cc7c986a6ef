from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="CHAT_", env_file=".env")

    cors_origins: list[str] = ["http://localhost:3000"]


settings = Settings()
