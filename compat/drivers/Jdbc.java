// pgjdbc: the extended protocol, server-prepared statements after five uses, batches, fetch sizes.

import java.sql.*;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.*;

public class Jdbc {
    interface Check {
        void run(Connection connection) throws Exception;
    }

    static String url;
    static boolean failed;

    public static void main(String[] arguments) throws Exception {
        url = arguments[0].replaceFirst("^postgres(ql)?://(([^@/]*)@)?", "jdbc:postgresql://");
        check("metadata_of_the_server", Jdbc::server);
        check("every_type", Jdbc::everyType);
        check("nulls", Jdbc::nulls);
        check("prepared_on_the_server", Jdbc::prepared);
        check("binary_transfer", Jdbc::binary);
        check("batches", Jdbc::batches);
        check("rewritten_batches", Jdbc::rewrittenBatches);
        check("generated_keys", Jdbc::generatedKeys);
        check("result_metadata", Jdbc::resultMetadata);
        check("several_results", Jdbc::severalResults);
        check("errors", Jdbc::errors);
        check("cancelling", Jdbc::cancelling);
        check("query_timeout", Jdbc::queryTimeout);
        check("simple_mode", Jdbc::simpleMode);
        check("transactions", Jdbc::transactions);
        check("fetch_size", Jdbc::fetchSize);
        check("schema_metadata", Jdbc::schemaMetadata);
        check("drops_its_table", connection -> execute(connection, "DROP TABLE compat_jdbc"));
        System.exit(failed ? 1 : 0);
    }

    static void check(String name, Check check) {
        try (Connection connection = connect("")) {
            execute(connection, "DROP TABLE IF EXISTS compat_jdbc");
            execute(connection, "CREATE TABLE compat_jdbc (id serial PRIMARY KEY, b bool, i int, l int8, d float8, t text,"
                + " v varchar(20), y bytea, z timestamptz, u uuid)");
            check.run(connection);
            System.out.println("pass " + name);
        } catch (Throwable error) {
            String state = error instanceof SQLException ? ((SQLException) error).getSQLState() : "";
            String message = String.valueOf(error.getMessage()).replaceAll("\\s+", " ");
            failed = true;
            String line = "?";
            for (StackTraceElement element : error.getStackTrace()) {
                if (element.getClassName().startsWith("Jdbc")) {
                    line = String.valueOf(element.getLineNumber());
                    break;
                }
            }
            System.out.println("FAIL " + name + ": line " + line + ": " + state + " " + error.getClass().getSimpleName() + " " + message);
        }
    }

    static Connection connect(String options) throws SQLException {
        String separator = url.contains("?") ? "&" : "?";
        return DriverManager.getConnection(url + separator + "user=postgres" + options);
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static void equal(Object actual, Object expected) {
        if (!Objects.equals(actual, expected)) {
            throw new AssertionError(actual + " instead of " + expected);
        }
    }

    interface Body {
        void run() throws SQLException;
    }

    static SQLException expect(String state, Body body) throws SQLException {
        try {
            body.run();
        } catch (SQLException error) {
            if ("0A000".equals(error.getSQLState()) && !"0A000".equals(state)) {
                throw error;
            }
            equal(error.getSQLState(), state);
            return error;
        }
        throw new AssertionError("no error, " + state + " expected");
    }

    static void server(Connection connection) throws SQLException {
        DatabaseMetaData data = connection.getMetaData();
        equal(data.getDatabaseProductName(), "PostgreSQL");
        equal(data.getDatabaseMajorVersion(), 15);
        equal(connection.getTransactionIsolation(), Connection.TRANSACTION_READ_COMMITTED);
        equal(connection.isValid(5), true);
        equal(connection.getCatalog(), "postgres");
        equal(connection.getSchema(), "public");
    }

    static final UUID KEY = UUID.fromString("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
    static final OffsetDateTime TIME = OffsetDateTime.of(2024, 2, 29, 12, 34, 56, 789123000, ZoneOffset.UTC);
    static final String INSERT = "INSERT INTO compat_jdbc (b, i, l, d, t, v, y, z, u) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

    static void bindAll(PreparedStatement insert) throws SQLException {
        insert.setBoolean(1, true);
        insert.setInt(2, -5);
        insert.setLong(3, Long.MIN_VALUE);
        insert.setDouble(4, 0.1);
        insert.setString(5, "größe ; ' \\ 日本");
        insert.setString(6, "varchar");
        insert.setBytes(7, new byte[] {0, -1});
        insert.setObject(8, TIME);
        insert.setObject(9, KEY);
    }

    static void readAll(ResultSet row) throws SQLException {
        equal(row.next(), true);
        equal(row.getBoolean("b"), true);
        equal(row.getInt("i"), -5);
        equal(row.getLong("l"), Long.MIN_VALUE);
        equal(row.getDouble("d"), 0.1);
        equal(row.getString("t"), "größe ; ' \\ 日本");
        equal(row.getString("v"), "varchar");
        equal(Arrays.toString(row.getBytes("y")), "[0, -1]");
        equal(row.getObject("z", OffsetDateTime.class).toInstant(), TIME.toInstant());
        equal(row.getObject("u"), KEY);
    }

    static void everyType(Connection connection) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            bindAll(insert);
            equal(insert.executeUpdate(), 1);
        }
        try (Statement statement = connection.createStatement()) {
            readAll(statement.executeQuery("SELECT * FROM compat_jdbc"));
        }
    }

    static void nulls(Connection connection) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO compat_jdbc (b, i, t, z, u) VALUES (?, ?, ?, ?, ?)")) {
            insert.setNull(1, Types.BOOLEAN);
            insert.setNull(2, Types.INTEGER);
            insert.setString(3, null);
            insert.setObject(4, null);
            insert.setNull(5, Types.OTHER);
            equal(insert.executeUpdate(), 1);
        }
        try (Statement statement = connection.createStatement()) {
            ResultSet row = statement.executeQuery("SELECT b, i, t, z, u FROM compat_jdbc");
            equal(row.next(), true);
            row.getInt("i");
            equal(row.wasNull(), true);
            equal(row.getObject("u"), null);
        }
    }

    static void prepared(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT CAST(? AS int) + 1, ?")) {
            for (int n = 0; n < 12; n++) {
                select.setInt(1, n);
                select.setString(2, "x" + n);
                ResultSet row = select.executeQuery();
                equal(row.next(), true);
                equal(row.getInt(1), n + 1);
                equal(row.getString(2), "x" + n);
            }
        }
    }

    static void binary(Connection ignored) throws SQLException {
        try (Connection connection = connect("&prepareThreshold=-1");
                PreparedStatement insert = connection.prepareStatement(INSERT)) {
            bindAll(insert);
            equal(insert.executeUpdate(), 1);
            try (PreparedStatement select = connection.prepareStatement("SELECT * FROM compat_jdbc WHERE u = ?")) {
                for (int n = 0; n < 3; n++) {
                    select.setObject(1, KEY);
                    readAll(select.executeQuery());
                }
            }
        }
    }

    static void batches(Connection connection) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO compat_jdbc (i, t) VALUES (?, ?)")) {
            for (int n = 0; n < 500; n++) {
                insert.setInt(1, n);
                insert.setString(2, "row " + n);
                insert.addBatch();
            }
            equal(Arrays.stream(insert.executeBatch()).sum(), 500);
        }
        try (Statement statement = connection.createStatement()) {
            statement.addBatch("UPDATE compat_jdbc SET l = 1 WHERE i < 10");
            statement.addBatch("DELETE FROM compat_jdbc WHERE i >= 10");
            equal(Arrays.toString(statement.executeBatch()), "[10, 490]");
        }
    }

    static void rewrittenBatches(Connection ignored) throws SQLException {
        try (Connection connection = connect("&reWriteBatchedInserts=true");
                PreparedStatement insert = connection.prepareStatement("INSERT INTO compat_jdbc (i) VALUES (?)")) {
            for (int n = 0; n < 200; n++) {
                insert.setInt(1, n);
                insert.addBatch();
            }
            insert.executeBatch();
            ResultSet row = connection.createStatement().executeQuery("SELECT count(*), sum(i) FROM compat_jdbc");
            row.next();
            equal(row.getLong(1), 200L);
            equal(row.getLong(2), 19900L);
        }
    }

    static void generatedKeys(Connection connection) throws SQLException {
        String sql = "INSERT INTO compat_jdbc (t) VALUES (?), (?)";
        try (PreparedStatement insert = connection.prepareStatement(sql, new String[] {"id", "t"})) {
            insert.setString(1, "a");
            insert.setString(2, "b");
            equal(insert.executeUpdate(), 2);
            ResultSet keys = insert.getGeneratedKeys();
            keys.next();
            equal(keys.getInt(1), 1);
            keys.next();
            equal(keys.getString("t"), "b");
        }
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO compat_jdbc (t) VALUES ('c')", Statement.RETURN_GENERATED_KEYS);
            ResultSet keys = statement.getGeneratedKeys();
            keys.next();
            equal(keys.getInt("id"), 3);
        }
    }

    static void resultMetadata(Connection connection) throws SQLException {
        String sql = "SELECT id, v, count(*) AS n, now() FROM compat_jdbc WHERE l = ? AND t = ? GROUP BY id, v";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            ParameterMetaData parameters = select.getParameterMetaData();
            equal(parameters.getParameterTypeName(1), "int8");
            equal(parameters.getParameterTypeName(2), "text");
            ResultSetMetaData columns = select.getMetaData();
            equal(columns.getColumnCount(), 4);
            equal(columns.getColumnLabel(3), "n");
            equal(columns.getColumnTypeName(2), "varchar");
            equal(columns.getPrecision(2), 20);
            equal(columns.getColumnType(3), Types.BIGINT);
        }
    }

    static void severalResults(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            equal(statement.execute("INSERT INTO compat_jdbc (i) VALUES (1), (2); SELECT i FROM compat_jdbc ORDER BY i"), false);
            equal(statement.getUpdateCount(), 2);
            equal(statement.getMoreResults(), true);
            ResultSet rows = statement.getResultSet();
            rows.next();
            equal(rows.getInt(1), 1);
        }
    }

    static void errors(Connection connection) throws SQLException {
        SQLException error = expect("42P01", () -> execute(connection, "SELECT * FROM compat_nosuch"));
        equal(error.getMessage().contains("relation \"compat_nosuch\" does not exist"), true);
        execute(connection, "INSERT INTO compat_jdbc (id) VALUES (100)");
        expect("23505", () -> execute(connection, "INSERT INTO compat_jdbc (id) VALUES (100)"));
        expect("22012", () -> {
            try (PreparedStatement select = connection.prepareStatement("SELECT 1 / ?")) {
                select.setInt(1, 0);
                select.executeQuery();
            }
        });
        execute(connection, "SELECT 1");
    }

    static final String ENDLESS =
        "SELECT count(*) FROM compat_jdbc a, compat_jdbc b, compat_jdbc c, compat_jdbc d, compat_jdbc e, compat_jdbc f,"
            + " compat_jdbc g, compat_jdbc h, compat_jdbc i, compat_jdbc j, compat_jdbc k, compat_jdbc l";

    static void fill(Connection connection) throws SQLException {
        execute(connection, "INSERT INTO compat_jdbc (i) VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10)");
    }

    static void cancelling(Connection connection) throws Exception {
        fill(connection);
        try (Statement statement = connection.createStatement()) {
            new Timer(true).schedule(new TimerTask() {
                public void run() {
                    try {
                        statement.cancel();
                    } catch (SQLException error) {
                        throw new IllegalStateException(error);
                    }
                }
            }, 300);
            expect("57014", () -> statement.executeQuery(ENDLESS));
            statement.execute("SELECT 1");
        }
    }

    static void queryTimeout(Connection connection) throws SQLException {
        fill(connection);
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(1);
            expect("57014", () -> statement.executeQuery(ENDLESS));
        }
    }

    static void simpleMode(Connection ignored) throws SQLException {
        String sql = "INSERT INTO compat_jdbc (i, t, d, z) VALUES (?, ?, ?, ?)";
        try (Connection connection = connect("&preferQueryMode=simple");
                PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setInt(1, -5);
            insert.setString(2, "it's \\ ; ?");
            insert.setDouble(3, 0.1);
            insert.setObject(4, TIME);
            equal(insert.executeUpdate(), 1);
            ResultSet row = connection.createStatement().executeQuery("SELECT * FROM compat_jdbc");
            row.next();
            equal(row.getInt("i"), -5);
            equal(row.getString("t"), "it's \\ ; ?");
            equal(row.getDouble("d"), 0.1);
        }
    }

    static void transactions(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        execute(connection, "INSERT INTO compat_jdbc (i) VALUES (1)");
        connection.rollback();
        execute(connection, "INSERT INTO compat_jdbc (i) VALUES (2)");
        Savepoint savepoint = connection.setSavepoint();
        expect("22012", () -> execute(connection, "SELECT 1 / 0"));
        connection.rollback(savepoint);
        connection.commit();
        ResultSet row = connection.createStatement().executeQuery("SELECT sum(i) FROM compat_jdbc");
        row.next();
        equal(row.getInt(1), 2);
    }

    static void fetchSize(Connection connection) throws SQLException {
        fill(connection);
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(7);
            ResultSet rows = statement.executeQuery("SELECT a.i FROM compat_jdbc a, compat_jdbc b, compat_jdbc c");
            int count = 0;
            while (rows.next()) {
                count++;
            }
            equal(count, 1000);
        }
        connection.commit();
    }

    static void schemaMetadata(Connection connection) throws SQLException {
        DatabaseMetaData data = connection.getMetaData();
        execute(connection, "DROP TABLE IF EXISTS compat_jdbc_child, compat_jdbc_parent");
        execute(connection, "CREATE TABLE compat_jdbc_parent (b int, a varchar(9), c char(3), PRIMARY KEY (a, b))");
        execute(connection, "CREATE TABLE compat_jdbc_child (id serial PRIMARY KEY, a varchar(9), b int NOT NULL, "
            + "n numeric(8,2), FOREIGN KEY (a, b) REFERENCES compat_jdbc_parent ON DELETE CASCADE)");
        execute(connection, "CREATE INDEX compat_jdbc_n ON compat_jdbc_child (n DESC, lower(a)) WHERE n > 0");
        String child = "compat_jdbc_child";
        equal(rows(data.getColumns(null, "public", child, null), "COLUMN_NAME", "TYPE_NAME", "COLUMN_SIZE", "IS_NULLABLE",
            "IS_AUTOINCREMENT"), "id serial 10 NO YES;a varchar 9 YES NO;b int4 10 NO NO;n numeric 8 YES NO;");
        equal(rows(data.getPrimaryKeys(null, "public", "compat_jdbc_parent"), "COLUMN_NAME", "KEY_SEQ", "PK_NAME"),
            "a 1 compat_jdbc_parent_pkey;b 2 compat_jdbc_parent_pkey;");
        equal(rows(data.getImportedKeys(null, "public", child), "FKCOLUMN_NAME", "PKCOLUMN_NAME", "KEY_SEQ", "DELETE_RULE"),
            "a a 1 0;b b 2 0;");
        equal(rows(data.getExportedKeys(null, "public", "compat_jdbc_parent"), "FKTABLE_NAME", "FKCOLUMN_NAME"),
            child + " a;" + child + " b;");
        equal(rows(data.getIndexInfo(null, "public", child, false, false), "INDEX_NAME", "NON_UNIQUE", "COLUMN_NAME",
            "ASC_OR_DESC", "FILTER_CONDITION"), "compat_jdbc_child_pkey f id A null;"
            + "compat_jdbc_n t n D (n > (0)::numeric);compat_jdbc_n t lower((a)::text) A (n > (0)::numeric);");
        equal(rows(data.getBestRowIdentifier(null, "public", child, DatabaseMetaData.bestRowSession, true), "COLUMN_NAME",
            "TYPE_NAME"), "id int4;");
        equal(rows(data.getTables(null, "public", "compat_jdbc_%", new String[] {"TABLE"}), "TABLE_NAME", "TABLE_TYPE"),
            child + " TABLE;compat_jdbc_parent TABLE;");
        equal(data.getSQLKeywords().contains("analyse"), true);
        execute(connection, "DROP TABLE compat_jdbc_child, compat_jdbc_parent");
    }

    /** These columns of all rows. */
    static String rows(ResultSet result, String... columns) throws SQLException {
        StringBuilder all = new StringBuilder();
        while (result.next()) {
            String[] values = new String[columns.length];
            for (int i = 0; i < columns.length; i++) {
                values[i] = result.getString(columns[i]);
            }
            all.append(String.join(" ", values)).append(";");
        }
        return all.toString();
    }
}
