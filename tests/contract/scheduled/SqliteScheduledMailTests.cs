using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Scheduled;

public sealed class SqliteScheduledMailTests() : ScheduledMailContract(DatabaseEngine.Sqlite);
