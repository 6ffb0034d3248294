using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Scheduled;

[NeedsMesh]
public sealed class PostgresScheduledMailTests() : ScheduledMailContract(DatabaseEngine.Postgres);
