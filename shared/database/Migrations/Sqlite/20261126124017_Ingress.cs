using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MailMesh.Database.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Ingress : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "deliver_by",
                table: "queue",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "deliver_by_mode",
                table: "queue",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "dsn_return",
                table: "queue",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "envelope_id",
                table: "queue",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "notify",
                table: "queue",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "original_recipient",
                table: "queue",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "priority",
                table: "queue",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<bool>(
                name: "require_tls",
                table: "queue",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "scram",
                table: "accounts",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "held_messages",
                columns: table => new
                {
                    message_id = table.Column<string>(type: "TEXT", nullable: false),
                    account_id = table.Column<long>(type: "INTEGER", nullable: false),
                    reverse_path = table.Column<string>(type: "TEXT", nullable: false),
                    recipients = table.Column<string>(type: "TEXT", nullable: false),
                    subject = table.Column<string>(type: "TEXT", nullable: true),
                    release_at = table.Column<long>(type: "INTEGER", nullable: false),
                    payload = table.Column<string>(type: "TEXT", nullable: false),
                    blob = table.Column<string>(type: "TEXT", nullable: false),
                    size_bytes = table.Column<long>(type: "INTEGER", nullable: false),
                    held_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_held_messages", x => x.message_id);
                });

            migrationBuilder.CreateTable(
                name: "rate_counts",
                columns: table => new
                {
                    subject = table.Column<string>(type: "TEXT", nullable: false),
                    since = table.Column<long>(type: "INTEGER", nullable: false),
                    copy = table.Column<string>(type: "TEXT", nullable: false),
                    count = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_rate_counts", x => new { x.subject, x.since, x.copy });
                });

            migrationBuilder.CreateTable(
                name: "relay_clients",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    network = table.Column<string>(type: "TEXT", nullable: false),
                    description = table.Column<string>(type: "TEXT", nullable: true),
                    sender = table.Column<string>(type: "TEXT", nullable: true),
                    messages_per_day = table.Column<long>(type: "INTEGER", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_relay_clients", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "send_grants",
                columns: table => new
                {
                    account_id = table.Column<long>(type: "INTEGER", nullable: false),
                    address = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_send_grants", x => new { x.account_id, x.address });
                    table.ForeignKey(
                        name: "FK_send_grants_accounts_account_id",
                        column: x => x.account_id,
                        principalTable: "accounts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_held_messages_account_id_release_at",
                table: "held_messages",
                columns: new[] { "account_id", "release_at" });

            migrationBuilder.CreateIndex(
                name: "IX_held_messages_blob",
                table: "held_messages",
                column: "blob");

            migrationBuilder.CreateIndex(
                name: "IX_held_messages_release_at",
                table: "held_messages",
                column: "release_at");

            migrationBuilder.CreateIndex(
                name: "IX_rate_counts_since",
                table: "rate_counts",
                column: "since");

            migrationBuilder.CreateIndex(
                name: "IX_relay_clients_network",
                table: "relay_clients",
                column: "network",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "held_messages");

            migrationBuilder.DropTable(
                name: "rate_counts");

            migrationBuilder.DropTable(
                name: "relay_clients");

            migrationBuilder.DropTable(
                name: "send_grants");

            migrationBuilder.DropColumn(
                name: "deliver_by",
                table: "queue");

            migrationBuilder.DropColumn(
                name: "deliver_by_mode",
                table: "queue");

            migrationBuilder.DropColumn(
                name: "dsn_return",
                table: "queue");

            migrationBuilder.DropColumn(
                name: "envelope_id",
                table: "queue");

            migrationBuilder.DropColumn(
                name: "notify",
                table: "queue");

            migrationBuilder.DropColumn(
                name: "original_recipient",
                table: "queue");

            migrationBuilder.DropColumn(
                name: "priority",
                table: "queue");

            migrationBuilder.DropColumn(
                name: "require_tls",
                table: "queue");

            migrationBuilder.DropColumn(
                name: "scram",
                table: "accounts");
        }
    }
}
