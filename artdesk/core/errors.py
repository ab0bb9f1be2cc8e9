"""The errors of ArtDesk: `str(error)` is one plain sentence that a user can act on."""


class ArtDeskError(Exception):
    """Something that the user can put right; the text says what is wrong and what to do."""


class RecipeError(ArtDeskError):
    """A recipe, or a part of one, is not valid."""


class RecipeTooNew(RecipeError):  # noqa: N818 - says what is the case
    """A recipe was written by a later version of ArtDesk."""


class BundleError(ArtDeskError):
    """A model bundle is incomplete, altered or of another version."""


class PictureError(ArtDeskError):
    """A picture file cannot be read, or carries no usable recipe."""


class WordsError(ArtDeskError):
    """Words could not be turned into numbers."""


class SettingError(ArtDeskError):
    """A setting has a value that cannot be used."""


class OutputError(ArtDeskError):
    """A file or folder cannot be written."""


class Cancelled(Exception):  # noqa: N818 - an outcome the user asked for, not an error
    """Work was stopped because somebody asked for it."""
