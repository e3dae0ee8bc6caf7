"""The storage of static files."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Names scripts by their content in the imports of other scripts too.

    Otherwise a script that a page loads and another script imports would run twice.
    """

    support_js_module_import_aggregation = True
