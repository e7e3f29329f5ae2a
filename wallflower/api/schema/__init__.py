"""The JSON of the API as pydantic models: shapes, their documentation, conversion from values."""
