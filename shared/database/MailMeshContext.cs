using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace MailMesh.Database;

/// <summary>The schema, one context an engine. Storage owns its migrations; hot statements go through <see cref="MailDatabase"/> in SQL that SQLite and PostgreSQL both take.</summary>
/// <remarks>Promise 6: a table changes only by addition. Moments are stored as Unix milliseconds, so that both engines order them alike.</remarks>
public abstract class MailMeshContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<Domain> Domains => Set<Domain>();

    public DbSet<Account> Accounts => Set<Account>();

    public DbSet<AppPassword> AppPasswords => Set<AppPassword>();

    public DbSet<Alias> Aliases => Set<Alias>();

    public DbSet<Route> Routes => Set<Route>();

    public DbSet<SendGrant> SendGrants => Set<SendGrant>();

    public DbSet<RelayClient> RelayClients => Set<RelayClient>();

    public DbSet<Mailbox> Mailboxes => Set<Mailbox>();

    public DbSet<MailboxRight> MailboxRights => Set<MailboxRight>();

    public DbSet<MailboxAnnotation> MailboxAnnotations => Set<MailboxAnnotation>();

    public DbSet<ServerAnnotation> ServerAnnotations => Set<ServerAnnotation>();

    public DbSet<QueueEntry> Queue => Set<QueueEntry>();

    public DbSet<TrackingEntry> Tracking => Set<TrackingEntry>();

    /// <summary>Keeps other copies from changing who is in a domain until this transaction ends; nothing where transactions run one after the other.</summary>
    public virtual Task LockDomainAsync(string name, CancellationToken cancellationToken = default) => Task.CompletedTask;

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UnixMilliseconds>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Domain>().HasIndex(d => d.Name).IsUnique();
        modelBuilder.Entity<Account>(account =>
        {
            account.HasIndex(a => a.Address).IsUnique();
            account.HasOne<Domain>().WithMany().HasForeignKey(a => a.DomainId).OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<AppPassword>().HasIndex(p => new { p.AccountId, p.Name }).IsUnique();
        modelBuilder.Entity<AppPassword>().HasOne<Account>().WithMany().HasForeignKey(p => p.AccountId).OnDelete(DeleteBehavior.Cascade);
        modelBuilder.Entity<Alias>().HasIndex(a => new { a.Source, a.Target }).IsUnique();
        modelBuilder.Entity<Route>().HasKey(r => r.Domain);
        modelBuilder.Entity<SendGrant>().HasKey(g => new { g.AccountId, g.Address });
        modelBuilder.Entity<SendGrant>().HasOne<Account>().WithMany().HasForeignKey(g => g.AccountId).OnDelete(DeleteBehavior.Cascade);
        modelBuilder.Entity<RelayClient>().HasIndex(c => c.Network).IsUnique();
        modelBuilder.Entity<Mailbox>(mailbox =>
        {
            mailbox.HasIndex(m => new { m.AccountId, m.Name }).IsUnique();
            mailbox.HasOne<Account>().WithMany().HasForeignKey(m => m.AccountId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<Subscription>().HasKey(s => new { s.AccountId, s.Name });
        modelBuilder.Entity<Subscription>().HasOne<Account>().WithMany().HasForeignKey(s => s.AccountId).OnDelete(DeleteBehavior.Cascade);
        modelBuilder.Entity<Content>().HasIndex(c => c.Blob);
        modelBuilder.Entity<Message>(message =>
        {
            message.HasKey(m => new { m.MailboxId, m.Uid });
            message.HasIndex(m => new { m.MailboxId, m.ModSeq });
            message.HasIndex(m => m.ContentId);
            message.HasOne<Mailbox>().WithMany().HasForeignKey(m => m.MailboxId).OnDelete(DeleteBehavior.Cascade);
            message.HasOne<Content>().WithMany().HasForeignKey(m => m.ContentId).OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<Expunged>(expunged =>
        {
            expunged.HasKey(e => new { e.MailboxId, e.Uid });
            expunged.HasIndex(e => new { e.MailboxId, e.ModSeq });
            expunged.HasOne<Mailbox>().WithMany().HasForeignKey(e => e.MailboxId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<Expunged>().HasIndex(e => e.At);
        modelBuilder.Entity<MailboxRight>(right =>
        {
            right.HasKey(r => new { r.MailboxId, r.Identifier });
            right.HasIndex(r => r.Identifier);
            right.HasOne<Mailbox>().WithMany().HasForeignKey(r => r.MailboxId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<MailboxAnnotation>(annotation =>
        {
            annotation.HasKey(a => new { a.MailboxId, a.ReaderId, a.Entry });
            annotation.HasOne<Mailbox>().WithMany().HasForeignKey(a => a.MailboxId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<ServerAnnotation>().HasKey(a => new { a.ReaderId, a.Entry });
        modelBuilder.Entity<MailboxKey>(key =>
        {
            key.HasKey(k => new { k.MailboxId, k.AccountId });
            key.HasOne<Mailbox>().WithMany().HasForeignKey(k => k.MailboxId).OnDelete(DeleteBehavior.Cascade);
            key.HasOne<Account>().WithMany().HasForeignKey(k => k.AccountId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<DeadPack>().HasKey(p => p.Pack);
        modelBuilder.Entity<Lease>().HasKey(l => l.Name);
        modelBuilder.Entity<Delivery>().HasKey(d => new { d.MessageId, d.Recipient });
        modelBuilder.Entity<Delivery>().HasIndex(d => d.At);
        modelBuilder.Entity<Ban>().HasKey(b => b.Subject);
        modelBuilder.Entity<Ban>().HasIndex(b => b.Until);
        modelBuilder.Entity<SpoolEntry>().HasKey(s => s.MessageId);
        modelBuilder.Entity<RateCount>().HasKey(r => new { r.Subject, r.Since, r.Copy });
        modelBuilder.Entity<RateCount>().HasIndex(r => r.Since);
        modelBuilder.Entity<HeldMessage>(held =>
        {
            held.HasKey(h => h.MessageId);
            held.HasIndex(h => h.ReleaseAt);
            held.HasIndex(h => new { h.AccountId, h.ReleaseAt });
            held.HasIndex(h => h.Blob);
        });
        modelBuilder.Entity<Claim>().HasKey(c => c.MessageId);
        modelBuilder.Entity<Claim>().HasIndex(c => c.At);
        modelBuilder.Entity<QueueEntry>(queue =>
        {
            queue.HasIndex(q => new { q.MessageId, q.Recipient }).IsUnique();
            queue.HasIndex(q => new { q.State, q.NextAttemptAt });
            queue.HasIndex(q => q.Blob);
        });
        modelBuilder.Entity<TrackingEntry>().HasIndex(t => t.MessageId);
        modelBuilder.Entity<TrackingEntry>().HasIndex(t => t.At);
        UseSnakeCase(modelBuilder);
    }

    /// <summary>PostgreSQL folds unquoted names to lower case: with snake_case names one SQL text serves both engines.</summary>
    private static void UseSnakeCase(ModelBuilder modelBuilder)
    {
        foreach (var entity in modelBuilder.Model.GetEntityTypes())
        {
            entity.SetTableName(TableName(entity.ClrType.Name));
            foreach (var property in entity.GetProperties())
                property.SetColumnName(SnakeCase(property.Name));
        }
    }

    private static string TableName(string type) => type switch
    {
        nameof(Alias) => "aliases",
        nameof(Mailbox) => "mailboxes",
        nameof(Delivery) => "deliveries",
        nameof(Expunged) => "expunged",
        nameof(SpoolEntry) => "spool",
        nameof(QueueEntry) => "queue",
        nameof(TrackingEntry) => "tracking",
        _ => SnakeCase(type) + "s",
    };

    private static string SnakeCase(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) && i > 0 ? "_" + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString()));

    private sealed class UnixMilliseconds() : ValueConverter<DateTimeOffset, long>(
        moment => moment.ToUnixTimeMilliseconds(),
        milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
}
