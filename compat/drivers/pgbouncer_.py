"""psycopg 3 through PgBouncer, which gives three connections of the server's to many clients, a transaction at a time."""

import concurrent.futures
import time

import psycopg

from checks import check, equal, expect, run, url


def connect(**options):
    for attempt in range(100):
        try:
            # Statements that are prepared are a connection's, and the next transaction may have another.
            return psycopg.connect(url, prepare_threshold=None, **options)
        except psycopg.OperationalError:
            if attempt == 99:
                raise
            time.sleep(0.1)


@check
def connects():
    with connect() as connection:
        equal(connection.execute("SELECT 1").fetchone(), (1,))
        equal(connection.info.parameter_status("server_encoding"), "UTF8")
        connection.execute("DROP TABLE IF EXISTS compat_bouncer")
        connection.execute("CREATE TABLE compat_bouncer (id int PRIMARY KEY, n int NOT NULL)")
        connection.execute("INSERT INTO compat_bouncer VALUES (1, 0)")


@check
def many_clients_share_few_connections():
    def work(number):
        with connect(autocommit=True) as connection:
            for _ in range(5):
                with connection.transaction():
                    connection.execute("SELECT n FROM compat_bouncer WHERE id = 1 FOR UPDATE")
                    connection.execute("UPDATE compat_bouncer SET n = n + 1 WHERE id = %s", [1])
            return connection.execute("SELECT pg_backend_pid()").fetchone()[0]

    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        served = set(pool.map(work, range(12)))
    assert len(served) <= 3, served
    with connect() as connection:
        equal(connection.execute("SELECT n FROM compat_bouncer").fetchone(), (60,))


@check
def errors_and_rolled_back_transactions():
    with connect() as connection:
        with expect("23505"):
            connection.execute("INSERT INTO compat_bouncer VALUES (1, 1)")
        connection.rollback()
        connection.execute("DELETE FROM compat_bouncer")
        connection.rollback()
        equal(connection.execute("SELECT count(*) FROM compat_bouncer").fetchone(), (1,))


@check
def what_one_has_set_the_next_does_not_see():
    with connect(autocommit=True) as connection:
        connection.execute("SET search_path TO nowhere")
    with connect(autocommit=True) as connection:
        equal(connection.execute("SHOW search_path").fetchone(), ('"$user", public',))


@check
def pipelines_and_copies():
    with connect() as connection:
        with connection.pipeline():
            for number in range(2, 50):
                connection.execute("INSERT INTO compat_bouncer VALUES (%s, 0)", [number])
        with connection.cursor().copy("COPY compat_bouncer FROM STDIN") as copy:
            for number in range(50, 100):
                copy.write_row((number, 0))
        equal(connection.execute("SELECT count(*) FROM compat_bouncer").fetchone(), (99,))
        connection.rollback()


@check
def cancels():
    with connect() as connection, concurrent.futures.ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(connection.execute, "SELECT pg_sleep(20)")
        while not waiting.running() or connection.info.transaction_status != psycopg.pq.TransactionStatus.ACTIVE:
            time.sleep(0.01)
        while not waiting.done():
            connection.cancel()
            time.sleep(0.1)
        with expect("57014"):
            waiting.result()


@check
def drop():
    with connect() as connection:
        connection.execute("DROP TABLE compat_bouncer")


run()
