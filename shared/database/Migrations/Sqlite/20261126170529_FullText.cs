using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MailMesh.Database.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class FullText : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Contentless: tokens are looked for and never read back, and the text itself is in the blob store.
            migrationBuilder.Sql(
                "CREATE VIRTUAL TABLE content_tokens USING fts5(header, body, content='', contentless_delete=1, detail=column, tokenize='ascii')");
            migrationBuilder.Sql("CREATE TABLE content_texts (content_id INTEGER NOT NULL PRIMARY KEY)");
            migrationBuilder.Sql("CREATE TABLE text_index (name TEXT NOT NULL PRIMARY KEY, content_id INTEGER NOT NULL)");
            migrationBuilder.Sql(
                "CREATE TRIGGER content_texts_of_contents AFTER DELETE ON contents BEGIN DELETE FROM content_texts WHERE content_id = OLD.id; END");
            migrationBuilder.Sql(
                "CREATE TRIGGER content_tokens_of_texts AFTER DELETE ON content_texts BEGIN DELETE FROM content_tokens WHERE rowid = OLD.content_id; END");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP TRIGGER content_texts_of_contents");
            migrationBuilder.Sql("DROP TABLE content_texts");
            migrationBuilder.Sql("DROP TABLE content_tokens");
            migrationBuilder.Sql("DROP TABLE text_index");
        }
    }
}
