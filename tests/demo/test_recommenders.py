import math
from collections import defaultdict

import pytest

LISTS = 10


def mean_taste(world, models: str) -> dict[str, float]:
    """How much viewers would like what each model ranks for them: nothing that a model sees."""
    return dict(
        world.sql(f"""
            select model, avg(
                0.7 * taste[first_genre_ix + 1] + 0.3 * taste[second_genre_ix + 1]
                + 0.3 * (viewer.style = movie.style)::int
            )
            from ({models}) as ranked
            inner join viewer using (viewer_ix)
            inner join movie using (movie_ix)
            where viewer.signed_up_at < getvariable('log_start_at')
            group by 1
        """).fetchall()
    )


@pytest.fixture(scope="module")
def liking(world):
    chance = """
        select 'random' as model, viewer_ix, movie_ix
        from viewer cross join movie anti join rating using (viewer_ix, movie_ix)
        using sample 30000 rows (reservoir, 1)
    """
    return mean_taste(world, "select model, viewer_ix, movie_ix from slate") | mean_taste(
        world, chance
    )


@pytest.mark.parametrize("model", ["cf", "content", "blend"])
def test_fitted_models_rank_what_viewers_like_far_above_chance(liking, model):
    assert liking[model] > 1.4 * liking["random"]


@pytest.mark.parametrize("model", ["cf", "content", "blend"])
def test_fitted_models_beat_popularity(liking, model):
    assert liking[model] > 1.3 * liking["popular"]


def test_popularity_is_no_better_than_chance_for_taste(liking):
    assert liking["popular"] == pytest.approx(liking["random"], rel=0.2)


def test_only_collaborative_filtering_finds_the_style_that_genres_do_not_tell(world):
    match = dict(
        world.sql("""
            select model, avg((viewer.style = movie.style)::int)
            from slate
            inner join viewer using (viewer_ix) inner join movie using (movie_ix)
            where viewer.signed_up_at < getvariable('log_start_at')
            group by 1
        """).fetchall()
    )
    assert match["cf"] > 1.2 * match["content"]


def test_without_history_collaborative_filtering_falls_back_on_popularity(world):
    differing, compared = world.sql("""
        select count(*) filter (one.movie_ix <> other.movie_ix), count(*)
        from slate as one
        inner join slate as other using (viewer_ix, slot)
        anti join rating on one.viewer_ix = rating.viewer_ix
        where one.model = 'cf' and other.model = 'popular'
    """).fetchone()
    assert differing == 0
    assert compared > 1000


def test_every_model_ranks_ten_different_movies_for_everybody(world):
    users, models = 2000, 4
    assert world.sql("""
        select n, n_movies, last_slot, count(*)
        from (
            select
                count(*) as n, count(distinct movie_ix) as n_movies, max(slot) as last_slot
            from slate group by model, viewer_ix
        )
        group by all
    """).fetchall() == [(10, 10, 10, users * models)]


def ratings_of(world) -> dict[int, dict[int, int]]:
    ratings: dict[int, dict[int, int]] = defaultdict(dict)
    for viewer, movie, rating in world.sql(
        "select viewer_ix, movie_ix, rating from rating"
    ).fetchall():
        ratings[viewer][movie] = rating
    return ratings


def test_similarity_is_the_shrunk_cosine_of_likes_in_millionths(world):
    likes: dict[int, set[int]] = defaultdict(set)
    for viewer, rated in ratings_of(world).items():
        for movie, rating in rated.items():
            if rating >= 3:
                likes[movie].add(viewer)
    rows = world.sql("select movie_ix, neighbour_ix, similarity from movie_similarity").fetchall()
    kept = defaultdict(dict)
    for movie, neighbour, similarity in rows:
        together = len(likes[movie] & likes[neighbour])
        cosine = together / math.sqrt(len(likes[movie]) * len(likes[neighbour]))
        assert similarity == pytest.approx(1e6 * cosine * together / (together + 5), abs=0.51)
        kept[movie][neighbour] = similarity
    assert max(len(neighbours) for neighbours in kept.values()) == 25


def test_collaborative_slates_are_the_ten_best_sums_of_similarities(world):
    similarity = {
        (movie, neighbour): value
        for movie, neighbour, value in world.sql(
            "select movie_ix, neighbour_ix, similarity from movie_similarity"
        ).fetchall()
    }
    ratings = ratings_of(world)
    movies = {movie for movie, _ in similarity}
    slates = defaultdict(list)
    for viewer, movie in world.sql("""
        select viewer_ix, movie_ix from slate where model = 'cf' and viewer_ix < 50
        order by viewer_ix, slot
    """).fetchall():
        slates[viewer].append(movie)
    checked = 0
    for viewer, slate in slates.items():
        rated = ratings.get(viewer, {})
        scores = {
            movie: sum((r - 1.5) * similarity.get((seen, movie), 0) for seen, r in rated.items())
            for movie in movies - set(rated)
        }
        best = sorted(scores.values(), reverse=True)[:10]
        if best and best[-1] > 0:
            assert [scores[movie] for movie in slate] == pytest.approx(best)
            checked += 1
    assert checked > 20
