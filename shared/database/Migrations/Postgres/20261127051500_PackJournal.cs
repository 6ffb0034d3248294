using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MailMesh.Database.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class PackJournal : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(
                """
                CREATE TABLE pack_journal (
                    pack text COLLATE "C" NOT NULL, start bigint NOT NULL, octets bytea NOT NULL, at bigint NOT NULL, sealed boolean NOT NULL,
                    PRIMARY KEY (pack, start))
                """);
            migrationBuilder.Sql("ALTER TABLE pack_journal ALTER COLUMN octets SET STORAGE EXTERNAL"); // compressed already
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DROP TABLE pack_journal");
    }
}
