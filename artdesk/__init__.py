"""ArtDesk: an offline desktop studio for abstract pictures."""

import os

__version__ = "0.1.0"

# onnxruntime (since 1.29) reports to its maker: ten seconds after it is loaded it looks up a host
# and writes a device id under the user's cache. The library reads this when it is loaded, so it
# stands here, where every way into the app and the training passes (`training` imports this
# package first); `disable_telemetry_events()` alone comes too late. Not `setdefault`: a value from
# outside must not let it speak. tests/unit/test_silence.py watches it at the system's level.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
