"""For the processes that tests start: Python looks for garbage less often.

dbt keeps nearly all that it makes until it ends, and an eighth of a build's time goes into looking
for what could be freed.
"""

import gc

gc.set_threshold(100_000, 50, 50)
