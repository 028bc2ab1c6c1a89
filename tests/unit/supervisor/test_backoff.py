from callcenter.supervisor.backoff import (
    HEALTHY_AFTER_SECONDS,
    LONGEST_SECONDS,
    deaths_in_a_row,
    wait_seconds,
)


def test_first_restart_is_quick_and_each_further_one_twice_as_slow() -> None:
    assert [wait_seconds(deaths) for deaths in (1, 2, 3, 4)] == [0.25, 0.5, 1.0, 2.0]


def test_wait_is_bounded_however_long_it_goes_on() -> None:
    assert wait_seconds(10) == LONGEST_SECONDS
    assert wait_seconds(10**9) == LONGEST_SECONDS


def test_a_process_that_was_healthy_starts_counting_anew() -> None:
    assert deaths_in_a_row(5, HEALTHY_AFTER_SECONDS) == 1
    assert deaths_in_a_row(5, HEALTHY_AFTER_SECONDS - 0.1) == 6
