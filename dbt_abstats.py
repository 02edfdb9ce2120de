"""Found by dbt: it imports every installed module named `dbt_*` and instantiates its `plugins`."""

from abstats.dbt_plugin.plugin import AbstatsPlugin

plugins = [AbstatsPlugin]
