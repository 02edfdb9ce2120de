-- Randomness without a state: a draw is a pure function of the seed, a stream's
-- name and a key, so threads and chunks cannot change it.
create or replace temp macro bits(stream, key) as
    hash(xor(cast(key as ubigint), hash(stream, getvariable('seed'))));

-- In (0, 1), 53 bits.
create or replace temp macro uniform(stream, key) as
    (cast(bits(stream, key) >> 11 as double) + 0.5) / 9007199254740992.0;

-- Standard normal (Box and Muller, 1958).
create or replace temp macro normal(stream, key) as
    sqrt(-2 * ln(uniform(stream || '/radius', key)))
    * cos(2 * pi() * uniform(stream || '/angle', key));

-- Log-normal of mean 1, so that noise never moves an expectation.
create or replace temp macro unit_noise(stream, key, sigma) as
    exp(sigma * normal(stream, key) - sigma * sigma / 2);

-- The split rule: where a unit falls in [0, 1) for an experiment's salt.
create or replace temp macro split_point(salt, bucketing_id) as
    cast('0x' || left(md5(salt || ':' || bucketing_id), 8) as ubigint)
    / 4294967296.0;

-- When the warehouse gets an event: seconds later, and for 2 % hours to days
-- later.
create or replace temp macro loaded_after(event_at, stream, key) as
    event_at + to_seconds(cast(floor(
        case
            when uniform(stream || '/is_late', key) < 0.02
                then 3600 + 255600 * uniform(stream || '/delay', key)
            else 5 + 55 * uniform(stream || '/delay', key)
        end
    ) as bigint));
