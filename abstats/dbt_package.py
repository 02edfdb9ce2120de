"""Where the dbt package is on this machine."""

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def dbt_package_path() -> Path:
    """Folder of the dbt package: inside an installed wheel, or `dbt_project` of a checkout.

    Raises:
        FileNotFoundError: Neither is there; the installation is incomplete.
    """
    candidates = (_HERE / "dbt_package", _HERE.parent / "dbt_project")
    for folder in candidates:
        if (folder / "dbt_project.yml").is_file():
            return folder
    raise FileNotFoundError(
        f"The dbt package of abstats is missing, looked in {' and '.join(map(str, candidates))}; "
        "install abstats again."
    )
