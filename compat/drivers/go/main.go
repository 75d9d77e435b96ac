// Go's drivers: pgx, natively and through database/sql, and lib/pq.
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/jackc/pgconn"
	"github.com/jackc/pgtype"
	"github.com/jackc/pgx/v4"
	"github.com/jackc/pgx/v4/pgxpool"
	_ "github.com/jackc/pgx/v4/stdlib"
	"github.com/lib/pq"
)

var (
	url    string
	ctx    = context.Background()
	failed bool
)

func check(name string, run func()) {
	defer func() {
		if fault := recover(); fault != nil {
			failed = true
			fmt.Printf("FAIL %s: %v\n", name, strings.ReplaceAll(fmt.Sprint(fault), "\n", " "))
		}
	}()
	run()
	fmt.Println("pass", name)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func equal(actual, expected interface{}) {
	if !reflect.DeepEqual(actual, expected) {
		panic(fmt.Sprintf("%#v instead of %#v", actual, expected))
	}
}

func expect(err error, code string) *pgconn.PgError {
	var found *pgconn.PgError
	if !errors.As(err, &found) || found.Code != code {
		panic(fmt.Sprintf("%v instead of %s", err, code))
	}
	return found
}

func connect() *pgx.Conn {
	connection, err := pgx.Connect(ctx, url)
	must(err)
	return connection
}

func types() {
	connection := connect()
	defer connection.Close(ctx)
	_, err := connection.Exec(ctx, "DROP TABLE IF EXISTS compat_go")
	must(err)
	_, err = connection.Exec(ctx, `CREATE TABLE compat_go (id serial PRIMARY KEY, b bool, i int2, l int8, f float8, n numeric(8,2),
		t text UNIQUE, y bytea, d date, z timestamptz, s interval, u uuid, j jsonb, a int[])`)
	must(err)
	when := time.Date(2024, 2, 29, 12, 30, 0, 123456000, time.UTC)
	var id int
	row := connection.QueryRow(ctx, `INSERT INTO compat_go (b, i, l, f, n, t, y, d, z, s, u, j, a)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id`,
		true, int16(-3), int64(1)<<40, 1.5, "12.30", "é", []byte{0, 255}, when, when, time.Minute,
		"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", map[string]int{"a": 1}, []int32{1, 2})
	must(row.Scan(&id))
	var (
		flag    bool
		small   int16
		large   int64
		float   float64
		number  pgtype.Numeric
		text    string
		bytes   []byte
		day     time.Time
		instant time.Time
		span    pgtype.Interval
		uuid    pgtype.UUID
		object  map[string]int
		list    []int32
	)
	row = connection.QueryRow(ctx, "SELECT b, i, l, f, n, t, y, d, z, s, u, j, a FROM compat_go WHERE id = $1", id)
	must(row.Scan(&flag, &small, &large, &float, &number, &text, &bytes, &day, &instant, &span, &uuid, &object, &list))
	equal([]interface{}{flag, small, large, float, text, bytes}, []interface{}{true, int16(-3), int64(1) << 40, 1.5, "é", []byte{0, 255}})
	equal(number.Int.String()+fmt.Sprint(number.Exp), "1230-2")
	equal([]string{day.Format("2006-01-02"), instant.UTC().Format(time.RFC3339Nano)}, []string{"2024-02-29", "2024-02-29T12:30:00.123456Z"})
	equal(span.Microseconds, int64(60_000_000))
	equal([]interface{}{object, list}, []interface{}{map[string]int{"a": 1}, []int32{1, 2}})
}

func batches() {
	connection := connect()
	defer connection.Close(ctx)
	batch := &pgx.Batch{}
	for n := 0; n < 20; n++ {
		batch.Queue("INSERT INTO compat_go (t, l) VALUES ($1, $2)", fmt.Sprint("batch ", n), n)
	}
	batch.Queue("SELECT count(*) FROM compat_go WHERE t LIKE 'batch%'")
	results := connection.SendBatch(ctx, batch)
	for n := 0; n < 20; n++ {
		_, err := results.Exec()
		must(err)
	}
	var count int
	must(results.QueryRow().Scan(&count))
	must(results.Close())
	equal(count, 20)
}

func copies() {
	connection := connect()
	defer connection.Close(ctx)
	rows := [][]interface{}{}
	for n := 0; n < 1000; n++ {
		rows = append(rows, []interface{}{fmt.Sprint("copied ", n), int64(n), []int32{int32(n)}})
	}
	count, err := connection.CopyFrom(ctx, pgx.Identifier{"compat_go"}, []string{"t", "l", "a"}, pgx.CopyFromRows(rows))
	must(err)
	equal(count, int64(1000))
	var sum int64
	must(connection.QueryRow(ctx, "SELECT sum(a[1]) FROM compat_go WHERE t LIKE 'copied%'").Scan(&sum))
	equal(sum, int64(499500))
}

func transactions() {
	connection := connect()
	defer connection.Close(ctx)
	transaction, err := connection.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.Serializable})
	must(err)
	inner, err := transaction.Begin(ctx)
	must(err)
	_, err = inner.Exec(ctx, "INSERT INTO compat_go (t) VALUES ('é')")
	found := expect(err, "23505")
	equal([]string{found.ConstraintName, found.TableName}, []string{"compat_go_t_key", "compat_go"})
	must(inner.Rollback(ctx))
	_, err = transaction.Exec(ctx, "INSERT INTO compat_go (t) VALUES ('within')")
	must(err)
	must(transaction.Commit(ctx))
	reading, err := connection.BeginTx(ctx, pgx.TxOptions{AccessMode: pgx.ReadOnly})
	must(err)
	_, err = reading.Exec(ctx, "DELETE FROM compat_go")
	expect(err, "25006")
	must(reading.Rollback(ctx))
}

func cancels() {
	connection := connect()
	defer connection.Close(ctx)
	soon, done := context.WithTimeout(ctx, 200*time.Millisecond)
	defer done()
	_, err := connection.Exec(soon, "SELECT pg_sleep(10)")
	if !pgconn.Timeout(err) {
		panic(err)
	}
}

func pools() {
	pool, err := pgxpool.Connect(ctx, url)
	must(err)
	defer pool.Close()
	answers := make(chan error)
	for n := 0; n < 20; n++ {
		go func(n int) {
			var found int
			err := pool.QueryRow(ctx, "SELECT $1::int + 1", n).Scan(&found)
			if err == nil && found != n+1 {
				err = fmt.Errorf("%d instead of %d", found, n+1)
			}
			answers <- err
		}(n)
	}
	for n := 0; n < 20; n++ {
		must(<-answers)
	}
}

func simple() {
	config, err := pgx.ParseConfig(url)
	must(err)
	config.PreferSimpleProtocol = true
	connection, err := pgx.ConnectConfig(ctx, config)
	must(err)
	defer connection.Close(ctx)
	var text string
	must(connection.QueryRow(ctx, "SELECT t FROM compat_go WHERE t = $1 AND l IS NOT NULL", `é`).Scan(&text))
	equal(text, "é")
}

// What any program does, through one of the drivers that database/sql knows.
func standard(driver string) func() {
	return func() {
		address := url
		if driver == "postgres" {
			address += "?sslmode=disable"
		}
		database, err := sql.Open(driver, address)
		must(err)
		defer database.Close()
		_, err = database.Exec("DROP TABLE IF EXISTS compat_go_std")
		must(err)
		_, err = database.Exec("CREATE TABLE compat_go_std (id int PRIMARY KEY, t varchar(10), n numeric(8,2))")
		must(err)
		statement, err := database.Prepare("INSERT INTO compat_go_std VALUES ($1, $2, $3)")
		must(err)
		for n := 0; n < 5; n++ {
			_, err = statement.Exec(n, sql.NullString{String: "x", Valid: n > 0}, "1.50")
			must(err)
		}
		rows, err := database.Query("SELECT id, t, n FROM compat_go_std WHERE id > $1 ORDER BY id", 2)
		must(err)
		kinds, err := rows.ColumnTypes()
		must(err)
		precision, scale, _ := kinds[2].DecimalSize()
		equal([]interface{}{kinds[0].DatabaseTypeName(), precision, scale}, []interface{}{"INT4", int64(8), int64(2)})
		count := 0
		for rows.Next() {
			count++
		}
		must(rows.Err())
		equal(count, 2)
		transaction, err := database.Begin()
		must(err)
		result, err := transaction.Exec("DELETE FROM compat_go_std WHERE id = ANY($1)", pq.Array([]int{1, 2}))
		must(err)
		gone, err := result.RowsAffected()
		must(err)
		equal(gone, int64(2))
		must(transaction.Rollback())
		var left int
		must(database.QueryRow("SELECT count(*) FROM compat_go_std").Scan(&left))
		equal(left, 5)
		_, err = database.Exec("DROP TABLE compat_go_std")
		must(err)
	}
}

func main() {
	url = os.Args[1]
	check("pgx_binds_and_reads_types", types)
	check("pgx_batches", batches)
	check("pgx_copies", copies)
	check("pgx_transactions_and_errors", transactions)
	check("pgx_cancels", cancels)
	check("pgx_pools", pools)
	check("pgx_simple_protocol", simple)
	check("database_sql_with_pgx", standard("pgx"))
	check("database_sql_with_pq", standard("postgres"))
	check("drop", func() {
		connection := connect()
		defer connection.Close(ctx)
		_, err := connection.Exec(ctx, "DROP TABLE compat_go")
		must(err)
	})
	if failed {
		os.Exit(1)
	}
}
