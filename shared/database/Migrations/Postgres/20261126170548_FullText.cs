using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MailMesh.Database.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class FullText : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(
                "CREATE TABLE content_texts (content_id bigint NOT NULL PRIMARY KEY REFERENCES contents (id) ON DELETE CASCADE, tokens tsvector NOT NULL)");
            migrationBuilder.Sql("CREATE INDEX ix_content_texts_tokens ON content_texts USING gin (tokens)");
            migrationBuilder.Sql("CREATE TABLE text_index (name text COLLATE \"C\" NOT NULL PRIMARY KEY, content_id bigint NOT NULL)");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP TABLE content_texts");
            migrationBuilder.Sql("DROP TABLE text_index");
        }
    }
}
