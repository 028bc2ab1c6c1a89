"""Prompt audio in HOME/prompts: spoken by the local TTS, or uploaded by people.

Every file is `<prompt name>.wav`, 8 kHz mono signed 16 bit; the name is a slug checked here, never
the name of an uploaded file.
"""

from callcenter.prompts.folder import make_prompts, prompt_path
from callcenter.prompts.upload import MAX_UPLOAD_BYTES, keep_upload

__all__ = ["MAX_UPLOAD_BYTES", "keep_upload", "make_prompts", "prompt_path"]
