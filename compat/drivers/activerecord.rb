# ActiveRecord, as a Rails application uses it: migrations, fixtures, models, errors.

require "active_record"
require "active_record/fixtures"
require "stringio"

url = ARGV.fetch(0)
CHECKS = []

def check(name, &block)
  CHECKS << [name, block]
end

def equal(actual, expected)
  raise "#{actual.inspect} instead of #{expected.inspect}" unless actual == expected
end

def expect(kind)
  ActiveRecord::Base.transaction(requires_new: true) { yield }
rescue kind
  nil
else
  raise "no #{kind}"
end

ActiveRecord::Base.establish_connection(url.sub("postgresql:", "postgres:"))
ActiveRecord::Migration.verbose = false
ActiveSupport::Deprecation.silenced = true
MIGRATION = ActiveRecord::Migration[6.1]
TABLES = %w[compat_ar_reviews compat_ar_books compat_ar_authors].freeze

class Author < ActiveRecord::Base
  self.table_name = "compat_ar_authors"
  has_many :books, dependent: :destroy
  enum mood: { glad: 0, sad: 1 }
  validates :name, presence: true, uniqueness: true
end

class Book < ActiveRecord::Base
  self.table_name = "compat_ar_books"
  belongs_to :author
  has_many :reviews
  scope :dear, -> { where("price > ?", 5) }
end

class Review < ActiveRecord::Base
  self.table_name = "compat_ar_reviews"
  belongs_to :book
end

class CreateAll < MIGRATION
  def change
    create_table :compat_ar_authors do |t|
      t.string :name, null: false, limit: 40, index: { unique: true }
      t.integer :mood, null: false, default: 0
      t.integer :lock_version, default: 0
      t.uuid :token, default: -> { "gen_random_uuid()" }
      t.timestamps
    end
    create_table :compat_ar_books do |t|
      t.references :author, null: false, foreign_key: { to_table: :compat_ar_authors, on_delete: :cascade }
      t.string :title, comment: "as on the cover"
      t.decimal :price, precision: 8, scale: 2, default: "1.50"
      t.jsonb :extra, default: {}
      t.text :tags, array: true, default: []
      t.binary :cover
      t.datetime :printed_at
      t.index [:title, :price], order: { price: :desc }
      t.index :price, where: "price > 5", name: "compat_ar_dear"
      t.check_constraint "price >= 0", name: "compat_ar_price"
    end
    create_table :compat_ar_reviews, id: :uuid do |t|
      t.references :book, foreign_key: { to_table: :compat_ar_books }
      t.text :body
    end
  end
end

class ChangeSome < MIGRATION
  def up
    add_column :compat_ar_books, :pages, :integer, null: false, default: 0
    change_column :compat_ar_books, :pages, :bigint
    rename_column :compat_ar_books, :pages, :sheets
    change_column_default :compat_ar_books, :sheets, from: 0, to: 1
    change_column_null :compat_ar_books, :title, false, "untitled"
    rename_index :compat_ar_books, "compat_ar_dear", "compat_ar_dearer"
  end

  def down
    rename_index :compat_ar_books, "compat_ar_dearer", "compat_ar_dear"
    change_column_null :compat_ar_books, :title, true
    remove_column :compat_ar_books, :sheets
  end
end

def connection
  ActiveRecord::Base.connection
end

check "migrations" do
  TABLES.each { |table| connection.drop_table(table, if_exists: true) }
  CreateAll.migrate(:up)
  ChangeSome.migrate(:up)
  ChangeSome.migrate(:down)
  ChangeSome.migrate(:up)
  [Author, Book, Review].each(&:reset_column_information)
end

check "introspection" do
  equal(TABLES - connection.tables, [])
  equal(connection.primary_key("compat_ar_reviews"), "id")
  keys = connection.foreign_keys("compat_ar_books")
  equal(keys.map { |key| [key.column, key.to_table, key.on_delete] }, [["author_id", "compat_ar_authors", :cascade]])
  dear = connection.indexes("compat_ar_books").find { |index| index.name == "compat_ar_dearer" }
  equal(dear.where, "(price > (5)::numeric)")
  equal(connection.check_constraints("compat_ar_books").map(&:expression), ["price >= (0)::numeric"])
  types = Book.columns.to_h { |column| [column.name, column.sql_type] }
  equal(types.values_at("price", "tags", "sheets", "printed_at"), ["numeric(8,2)", "text", "bigint", "timestamp without time zone"])
  equal(Book.columns_hash["title"].comment, "as on the cover")
end

check "schema_dump" do
  out = StringIO.new
  ActiveRecord::SchemaDumper.ignore_tables = [/\A(?!compat_ar_)/]
  ActiveRecord::SchemaDumper.dump(connection, out)
  first = out.string
  [
    't.uuid "token", default: -> { "gen_random_uuid()" }',
    't.text "tags", default: [], array: true',
    't.check_constraint "price >= (0)::numeric", name: "compat_ar_price"',
    'add_foreign_key "compat_ar_books", "compat_ar_authors", column: "author_id", on_delete: :cascade',
  ].each { |line| raise "no #{line} in\n#{first}" unless first.include?(line) }
end

check "records" do
  author = Author.create!(name: "Ursula")
  author.books.create!(title: "The Dispossessed", price: 9.5, tags: %w[sf anarres], extra: { "pages" => 341 }, cover: "\x00\xff".b)
  author.books.create!([{ title: "Lathe; of 'Heaven'" }, { title: "Tehanu", printed_at: Time.utc(1990, 1, 2, 3, 4, 5) }])
  author.reload
  equal(author.token.length, 36)
  book = Book.find_by!(title: "The Dispossessed")
  equal([book.price, book.tags, book.extra["pages"], book.cover], [BigDecimal("9.5"), %w[sf anarres], 341, "\x00\xff".b])
  equal(Book.find_by(title: "Tehanu").printed_at, Time.utc(1990, 1, 2, 3, 4, 5))
  book.update!(extra: book.extra.merge("read" => true), tags: book.tags + ["x"])
  equal(Book.where("tags @> ARRAY[?]::text[]", "x").where("extra @> ?", { read: true }.to_json).count, 1)
  review = book.reviews.create!(body: "good")
  equal(Review.find(review.id).book, book)
end

check "queries" do
  equal(Author.joins(:books).group(:name).count, { "Ursula" => 3 })
  equal(Author.includes(books: :reviews).references(:books).where("compat_ar_books.price > 5").first.books.size, 1)
  equal(Book.dear.pluck(:title), ["The Dispossessed"])
  equal(Book.where(id: Book.dear.select(:id)).or(Book.where(title: "Tehanu")).order(:title).pluck(:title), ["Tehanu", "The Dispossessed"])
  equal(Book.order(:id).offset(1).limit(1).pick(:title), "Lathe; of 'Heaven'")
  equal(Book.distinct.count(:author_id), 1)
  equal(Book.average(:price).round(2), BigDecimal("4.17"))
  equal(Book.where.missing(:reviews).count, 2)
  equal(Book.find_each(batch_size: 1).to_a.size, 3)
  equal(Book.exists?(price: 9.5), true)
  equal(Author.glad.where(name: "Ursula").count, 1)
end

check "bulk" do
  Author.insert_all!([{ name: "Iain", created_at: Time.now, updated_at: Time.now }])
  Author.insert_all([{ name: "Iain", created_at: Time.now, updated_at: Time.now }], unique_by: :name)
  result = Author.upsert_all([{ name: "Iain", mood: 1, created_at: Time.now, updated_at: Time.now }], unique_by: :name, returning: %w[mood])
  equal(result.rows, [[1]])
  equal(Book.where(title: "Tehanu").update_all("price = price * 2"), 1)
end

check "transactions" do
  Author.transaction do
    Author.create!(name: "gone")
    Author.transaction(requires_new: true) do
      Author.create!(name: "gone, too")
      raise ActiveRecord::Rollback
    end
    equal(Author.where("name LIKE 'gone%'").count, 1)
    raise ActiveRecord::Rollback
  end
  equal(Author.where("name LIKE 'gone%'").count, 0)
  Author.transaction(isolation: :serializable) { Author.lock.find_by!(name: "Ursula") }
  author = Author.find_by!(name: "Ursula")
  author.with_lock { author.sad! }
  stale = Author.find(author.id)
  author.update!(mood: :glad)
  begin
    stale.update!(mood: :sad, name: "Ursula K.")
    raise "not stale"
  rescue ActiveRecord::StaleObjectError
    nil
  end
end

check "errors" do
  expect(ActiveRecord::RecordNotUnique) { Author.new(name: "Ursula").save!(validate: false) }
  expect(ActiveRecord::RecordInvalid) { Author.create!(name: "Ursula") }
  expect(ActiveRecord::InvalidForeignKey) { connection.execute("INSERT INTO compat_ar_books (author_id, title) VALUES (0, 'x')") }
  expect(ActiveRecord::NotNullViolation) { connection.execute("INSERT INTO compat_ar_authors (name) VALUES (NULL)") }
  expect(ActiveRecord::ValueTooLong) { Author.create!(name: "x" * 41) }
  expect(ActiveRecord::RangeError) { Author.update_all("lock_version = 1 << 30") && Author.update_all("lock_version = lock_version * 4") }
  expect(ActiveRecord::StatementInvalid) { Book.where("nosuch = 1").load }
  expect(ActiveRecord::StatementInvalid) { Book.first.update_columns(price: -1) }
  expect(ActiveRecord::QueryCanceled) do
    connection.execute("SET LOCAL statement_timeout = 100")
    connection.execute("SELECT pg_sleep(5)")
  end
end

# What test suites load before each test: rows in any order, with triggers disabled meanwhile.
check "fixtures" do
  rows = {
    "compat_ar_books" => [{ "id" => 71, "author_id" => 70, "title" => "before its author" }],
    "compat_ar_reviews" => [],
    "compat_ar_authors" => [{ "id" => 70, "name" => "late", "created_at" => Time.now, "updated_at" => Time.now }],
  }
  connection.insert_fixtures_set(rows, TABLES)
  equal(Book.find(71).author.name, "late")
  connection.reset_pk_sequence!("compat_ar_authors")
  equal(Author.create!(name: "next").id, 71)
  expect(ActiveRecord::InvalidForeignKey) { connection.execute("INSERT INTO compat_ar_books (author_id, title) VALUES (0, 'x')") }
  Author.find(70).delete
  equal(Book.count, 0)
end

check "advisory_locks_and_prepared_statements" do
  equal(connection.get_advisory_lock(4711), true)
  equal(connection.release_advisory_lock(4711), true)
  3.times { |n| Author.find_by(id: n) }
  connection.reconnect!
  equal(Author.find_by(id: 71).name, "next")
  equal(connection.select_value("SHOW TIME ZONE"), "UTC")
end

check "drop" do
  ChangeSome.migrate(:down)
  CreateAll.migrate(:down)
  equal(TABLES & connection.tables, [])
end

failed = false
CHECKS.each do |name, block|
  block.call
  puts "pass #{name}"
rescue StandardError => error
  failed = true
  line = error.backtrace.find { |place| place.start_with?(__FILE__) }.to_s[/:(\d+)/, 1]
  puts "FAIL #{name}: line #{line}: #{error.class}: #{error.message}".tr("\n", " ")[0, 600]
end
exit(failed ? 1 : 0)
